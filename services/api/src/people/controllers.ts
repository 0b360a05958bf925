import { ProviderSignInController } from './provider-sign-in.controller.js';
import { TokensController } from './tokens.controller.js';
import { UsersController } from './users.controller.js';

/** Who people are and how they come in. */
export const PEOPLE_CONTROLLERS = [
  ProviderSignInController,
  TokensController,
  UsersController,
] as const;
