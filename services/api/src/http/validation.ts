import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { ApiProblem } from '../errors.js';

/** Requests are taken as their classes in requests.ts say, and in no other way. */
export const validation = new ValidationPipe({
  whitelist: true,
  forbidNonWhitelisted: true,
  transform: true,
  exceptionFactory: invalidRequest,
});

function invalidRequest(errors: ValidationError[]): ApiProblem {
  const messages = errors.flatMap(({ constraints = {} }) => Object.values(constraints));
  return new ApiProblem('invalidRequest', `${messages.join('; ')}.`);
}
