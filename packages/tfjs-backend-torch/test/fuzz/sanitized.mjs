// `npm run fuzz:native [calls] [seed]`: builds the addon with AddressSanitizer and calls every entry point and own kernel
// with drawn arguments. The first access to memory that is not the tensor's ends the run with a report of where it was.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const [calls = '10000', seed = '1'] = process.argv.slice(2);

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} options
 */
function run(command, args, options = {}) {
  const { status, signal, error, stdout } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error !== undefined) throw error;
  if (status !== 0) {
    console.error(
      `fuzz:native: '${command} ${args.join(' ')}' ended with ${signal ?? `exit code ${status}`}`,
    );
    process.exit(1);
  }
  return String(stdout ?? '').trim();
}

run(process.execPath, [join(root, 'scripts/build-native.mjs'), '--sanitize']);
const library = run(process.env.CXX ?? 'g++', ['-print-file-name=libasan.so'], { stdio: 'pipe' });
const workspace = join(root, '../..');
run(process.execPath, ['scripts/run.mjs', join(root, 'test/fuzz/native.ts'), calls, seed], {
  cwd: workspace,
  env: {
    ...process.env,
    LD_PRELOAD: library,
    TFJS_TORCH_ADDON: join(root, 'build/sanitized/tfjs-torch.node'),
    // A process of Node ends with much that it never freed; sizes that only fill memory are refused.
    ASAN_OPTIONS: 'detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=1024',
  },
});
