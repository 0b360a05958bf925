import { startApiPart } from '../parts/api.js';
import { runChild } from './run-child.js';

runChild('api', startApiPart);
