import { applyDecorators } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { ApiResponse, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';

/** Says what a route answers, by the name that the type has in proto/src/views.ts. */
export function Answers(type: string, status = 200): MethodDecorator {
  return applyDecorators(
    ApiResponse({ status, description: type, content: { 'application/json': {} } }),
    ApiResponse({
      status: 'default',
      description: 'ProblemView (RFC 9457)',
      content: { 'application/problem+json': {} },
    }),
  );
}

const DESCRIPTION = [
  'The api of Steno. Integers are numbers, hashes are 64 lower-case hex digits, times are RFC 3339',
  'in UTC with nanoseconds. Sign in by cookie, or give a token as Bearer; changes by cookie need',
  'the header `x-steno-csrf: 1`. Who looks at what becomes an event: the same question of the same',
  'person within a minute is one event.',
].join(' ');

/** The description of this api. */
export class OpenApi {
  private described: OpenAPIObject | undefined;

  describe(app: INestApplication, version: string): void {
    const config = new DocumentBuilder()
      .setTitle('Steno')
      .setDescription(DESCRIPTION)
      .setVersion(version)
      .addCookieAuth('steno_session')
      .addBearerAuth()
      .build();
    this.described = SwaggerModule.createDocument(app, config);
  }

  get document(): OpenAPIObject {
    if (this.described === undefined) throw new Error('the api is described before it is served');
    return this.described;
  }
}
