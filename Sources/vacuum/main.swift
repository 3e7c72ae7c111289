import HandlerRuntime

Handler.run(named: "vacuum", vacuum)
