import * as backend from '../src/backend.js';
import * as frontend from '../src/frontend.js';
import { type Side, backendType, frontendType } from '../src/message-types.js';

type Decode = (body: Buffer) => unknown;

const asIs: Decode = (body) => body;

/** What reads each type; a client's `p` has several readings. */
const decoders: Readonly<Record<Side, Readonly<Record<number, readonly Decode[]>>>> = {
  frontend: {
    [frontendType.bind]: [frontend.decodeBind, frontend.bindNames],
    [frontendType.close]: [frontend.decodeClose],
    [frontendType.copyData]: [asIs],
    [frontendType.copyDone]: [frontend.decodeEmpty],
    [frontendType.copyFail]: [frontend.decodeCopyFail],
    [frontendType.describe]: [frontend.decodeDescribe],
    [frontendType.execute]: [frontend.decodeExecute],
    [frontendType.flush]: [frontend.decodeEmpty],
    [frontendType.functionCall]: [frontend.decodeFunctionCall],
    [frontendType.parse]: [frontend.decodeParse],
    [frontendType.password]: [
      frontend.decodePassword,
      frontend.decodeSaslInitialResponse,
      frontend.decodeSaslResponse,
    ],
    [frontendType.query]: [frontend.decodeQuery],
    [frontendType.sync]: [frontend.decodeEmpty],
    [frontendType.terminate]: [frontend.decodeEmpty],
  },
  backend: {
    [backendType.authentication]: [backend.decodeAuthentication],
    [backendType.backendKeyData]: [backend.decodeBackendKeyData],
    [backendType.bindComplete]: [frontend.decodeEmpty],
    [backendType.closeComplete]: [frontend.decodeEmpty],
    [backendType.commandComplete]: [backend.decodeCommandComplete],
    [backendType.copyData]: [asIs],
    [backendType.copyDone]: [frontend.decodeEmpty],
    [backendType.copyInResponse]: [backend.decodeCopyResponse],
    [backendType.copyOutResponse]: [backend.decodeCopyResponse],
    [backendType.copyBothResponse]: [backend.decodeCopyResponse],
    [backendType.dataRow]: [backend.decodeDataRow],
    [backendType.emptyQueryResponse]: [frontend.decodeEmpty],
    [backendType.errorResponse]: [backend.decodeErrorFields],
    [backendType.functionCallResponse]: [backend.decodeFunctionCallResponse],
    [backendType.negotiateProtocolVersion]: [backend.decodeNegotiateProtocolVersion],
    [backendType.noData]: [frontend.decodeEmpty],
    [backendType.noticeResponse]: [backend.decodeErrorFields],
    [backendType.notificationResponse]: [backend.decodeNotificationResponse],
    [backendType.parameterDescription]: [backend.decodeParameterDescription],
    [backendType.parameterStatus]: [backend.decodeParameterStatus],
    [backendType.parseComplete]: [frontend.decodeEmpty],
    [backendType.portalSuspended]: [frontend.decodeEmpty],
    [backendType.readyForQuery]: [backend.decodeReadyForQuery],
    [backendType.rowDescription]: [backend.decodeRowDescription],
  },
};

/** All readings of a body; throws on a type that no table above has. */
export function decodeAll(side: Side, type: number, body: Buffer): unknown[] {
  const known = decoders[side][type];
  if (known === undefined) throw new Error(`no decoder for ${type} of a ${side}`);
  return known.map((decode) => decode(body));
}

export const typesOf = (side: Side): number[] => Object.keys(decoders[side]).map(Number);
