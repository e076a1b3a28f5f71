import { setFlagsFromString } from 'node:v8';

// V8 soon compiles a busy function of WebAssembly a second time, to run faster. Of Cedar, which a first click uses for some tens
// of questions, that is most of what it does, on every processor there is: half of all the work of a first click (Node
// 24.19). What stays busy, such as the loading of thousands of policies, still is. By default: 13,000,000. To be imported
// before Cedar.
setFlagsFromString('--wasm-tiering-budget=1000000000');
