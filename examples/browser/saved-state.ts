/** One run in IndexedDB, as bytes: localStorage would be too small, and JSON keeps no typed arrays. */

const STORE = 'runs';
const KEY = 'stripes';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('recency-bias-example', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE);
    };
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('IndexedDB cannot be opened'));
    };
  });
}

/** Runs a request in a transaction of its own; resolved when its writing is there to stay. */
async function inStore<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        resolve(request.result);
      };
      transaction.onerror = transaction.onabort = () => {
        reject(transaction.error ?? new Error('IndexedDB gave up'));
      };
    });
  } finally {
    database.close();
  }
}

export const readSaved = (): Promise<Uint8Array | undefined> =>
  inStore<Uint8Array | undefined>(
    'readonly',
    (store) => store.get(KEY) as IDBRequest<Uint8Array | undefined>,
  );

export async function writeSaved(bytes: Uint8Array): Promise<void> {
  await inStore('readwrite', (store) => store.put(bytes, KEY));
}

export async function forgetSaved(): Promise<void> {
  await inStore('readwrite', (store) => store.delete(KEY));
}
