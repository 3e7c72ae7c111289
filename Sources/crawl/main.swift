import HandlerRuntime

Handler.run(named: "crawl", crawl)
