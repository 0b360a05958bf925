import { startWorkerPart } from '../parts/worker.js';
import { runChild } from './run-child.js';

runChild('worker', startWorkerPart);
