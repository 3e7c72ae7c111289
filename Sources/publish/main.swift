import Copying
import FunctionConfig
import HandlerRuntime

Handler.run(named: "publish", needsEvent: false) { context in
    try CopyRun(context, .publish).run()
}
