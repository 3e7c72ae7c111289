import HandlerRuntime

Handler.run(named: "load", load)
