import HandlerRuntime

Handler.run(named: "split") { context in try SplitRun(context).result() }
