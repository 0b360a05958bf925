import guardRails from '../../../../deploy/policies/guard-rails.cedar?raw';
import heldWrites from '../../../../deploy/policies/held-writes.cedar?raw';
import maskPii from '../../../../deploy/policies/mask-pii.cedar?raw';
import readOnly from '../../../../deploy/policies/read-only.cedar?raw';

/** The policies that ship with Steno, each complete by itself. */
export const EXAMPLES: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'guard-rails.cedar', text: guardRails },
  { name: 'read-only.cedar', text: readOnly },
  { name: 'held-writes.cedar', text: heldWrites },
  { name: 'mask-pii.cedar', text: maskPii },
];
