import Copying
import FunctionConfig
import HandlerRuntime

Handler.run(named: "sync", needsEvent: false) { context in
    try CopyRun(context, .sync).run()
}
