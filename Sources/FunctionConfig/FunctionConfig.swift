// FunctionConfig
