import HandlerRuntime

Handler.run(named: "derive") { context in
    try DerivingJob(context).run()
}
