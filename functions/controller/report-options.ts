/** What of configuration and request shapes the output of a run. */

import type { Config } from '../../shared/project/config/load-config.ts';
import type { ReportOptions } from '../../shared/wire/run-event.ts';
import type { RunRequest } from '../../shared/wire/run-request.ts';

/** The report options of a run, for its first event. */
export function reportOptions(config: Config, request: RunRequest): ReportOptions {
  const callback = (name: string): boolean => config.flag(`callback.default.${name}`);
  const pretty = config.get('callback.default.pretty_results');
  const style = styleOf(config, request);
  return {
    ...(style === undefined ? {} : { style }),
    verbosity: (config.number('DEFAULT_VERBOSITY') ?? 0) + request.verbosity,
    isCheckMode: request.isCheckMode,
    isDiff: request.isDiff ?? config.flag('DIFF_ALWAYS'),
    showSkippedHosts: callback('display_skipped_hosts'),
    showOkHosts: callback('display_ok_hosts'),
    showFailedToStderr: callback('display_failed_stderr'),
    showCustomStats: callback('show_custom_stats'),
    showTaskPathOnFailure: callback('show_task_path_on_failure'),
    showPerHostStart: callback('show_per_host_start'),
    checkModeMarkers: callback('check_mode_markers'),
    resultFormat: config.text('callback.default.result_format') === 'yaml' ? 'yaml' : 'json',
    ...(typeof pretty === 'boolean' ? { prettyResults: pretty } : {}),
    showArgs: config.flag('DISPLAY_ARGS_TO_STDOUT'),
    diffContext: config.number('DIFF_CONTEXT') ?? 3,
    actionWarnings: config.flag('ACTION_WARNINGS'),
    deprecationWarnings: config.flag('DEPRECATION_WARNINGS'),
    verboseToStderr: config.flag('VERBOSE_TO_STDERR'),
  };
}

/** Ad-hoc commands print blocks unless told otherwise; the configured callback is theirs only when they may load one. */
function styleOf(config: Config, { adHoc }: RunRequest): ReportOptions['style'] {
  if (adHoc?.isOneLine === true) return 'oneline';
  const isConfigurable = adHoc === undefined || config.flag('DEFAULT_LOAD_CALLBACK_PLUGINS');
  const name = isConfigurable
    ? config.text('DEFAULT_STDOUT_CALLBACK')?.replace(/^ansible\.builtin\./, '')
    : '';
  if (name === 'oneline' || name === 'minimal') return name;
  return adHoc === undefined ? undefined : 'minimal';
}
