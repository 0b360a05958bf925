import { startCapturePart } from '../parts/capture.js';
import { runChild } from './run-child.js';

runChild('capture', startCapturePart);
