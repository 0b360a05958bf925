import type { NewTokenView } from '@steno/proto';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { postJson } from '../api/client.js';

const lifetimes = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
];
const labelMax = 64;

interface TokenFormProps {
  readonly onMade: (token: NewTokenView) => void;
  readonly onFailed: (error: unknown) => void;
}

export function TokenForm({ onMade, onFailed }: TokenFormProps): ReactNode {
  const [label, setLabel] = useState('');
  const [days, setDays] = useState('30');
  const [isBusy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    setBusy(true);
    try {
      const body = { label: label.trim(), days: Number(days) };
      onMade(await postJson<NewTokenView>('/me/tokens', body));
      setLabel('');
    } catch (error) {
      onFailed(error);
    }
    setBusy(false);
  };
  return (
    <form
      className="token-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (label.trim() !== '') void make();
      }}
    >
      <TextInput
        label="What it is for"
        value={label}
        maxLength={labelMax}
        onChange={({ currentTarget }) => setLabel(currentTarget.value)}
        autoComplete="off"
      />
      <NativeSelect
        label="Good for"
        data={lifetimes}
        value={days}
        onChange={({ currentTarget }) => setDays(currentTarget.value)}
      />
      <Button type="submit" className="primary-button" loading={isBusy}>
        Make a token
      </Button>
    </form>
  );
}
