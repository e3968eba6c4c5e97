/** The port to AWS of tests that ask nothing there. */

import type { LocalPort } from '../../shared/template/environment.ts';

export const noAws: LocalPort['aws'] = () => {
  throw new Error('there is no AWS');
};
