import { start } from './console.ts'

start()
