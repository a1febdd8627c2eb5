/** Property tests draw the same cases in every run: a case that fails, fails for everybody. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_201_019 });
