import { useEffect, useRef, type ReactNode } from 'react';
import { Icon } from './icons.js';
import { PLAYER_KEYS, type KeyHelp } from './keymap.js';
import { characterKeys, setCharacterKeys } from './use-replay-keys.js';
import { useStore } from './use-store.js';

interface KeyHelpDialogProps {
  readonly onClose: () => void;
  /** In place of the player's. */
  readonly keys?: readonly KeyHelp[];
  /** Of the page around the player. */
  readonly more?: readonly KeyHelp[];
}

/** What the keys do, and the switch that turns those of one character off. */
export function KeyHelpDialog(props: KeyHelpDialogProps): ReactNode {
  const { onClose, keys = PLAYER_KEYS, more = [] } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const on = useStore(characterKeys);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog className="steno-dialog" ref={dialog} onClose={onClose} aria-labelledby="steno-keys">
      <header>
        <h2 id="steno-keys">Keyboard shortcuts</h2>
        <button
          type="button"
          className="steno-button steno-icon-button"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="steno-key-columns">
        <KeyList keys={keys} />
        {more.length > 0 && <KeyList keys={more} />}
      </div>
      <label className="steno-switch">
        <input
          type="checkbox"
          checked={on}
          onChange={({ target }) => setCharacterKeys(target.checked)}
        />
        Use keys of a single character
      </label>
    </dialog>
  );
}

function KeyList({ keys }: { readonly keys: readonly KeyHelp[] }): ReactNode {
  return (
    <dl className="steno-keys">
      {keys.map((help) => (
        <div key={help.does}>
          <dt>
            {help.keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{help.does}</dd>
        </div>
      ))}
    </dl>
  );
}
