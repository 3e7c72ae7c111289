import HandlerRuntime

Handler.run(named: "compact", compact)
