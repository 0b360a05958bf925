/** Where a ClickHouse answers, and to whom. */
export interface StoreAddress {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** The rows that a query gives; the names of its columns are those of Row. */
export async function askStore<Row>(store: StoreAddress, query: string): Promise<Row[]> {
  const response = await fetch(`${store.url}/?output_format_json_quote_64bit_integers=0`, {
    method: 'POST',
    headers: { 'X-ClickHouse-User': store.username, 'X-ClickHouse-Key': store.password },
    body: `${query} FORMAT JSONEachRow`,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`ClickHouse: ${text}`);
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Row);
}
