import HandlerRuntime

Handler.run(named: "convert", convert)
