// HandlerRuntime
