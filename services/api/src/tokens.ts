/** Names under which Nest hands out what is no class. */
export const OPTIONS = Symbol('ApiOptions');
export const READER = Symbol('StoreReader');
