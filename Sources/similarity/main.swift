import HandlerRuntime

Handler.run(named: "similarity") { context in
    try SimilarityJob(context).run()
}
