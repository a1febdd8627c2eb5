/**
 * Show a training in a page while it runs.
 *
 * @packageDocumentation
 */
export { liveFeed, type LiveFeed, type LiveFeedOptions, type LiveHooks, type LiveCallbacks } from './feed.js';
export { livePanel, type LivePanel, type LivePanelOptions, type Picture } from './panel.js';
export type { LiveUpdate, LiveEpoch, LiveComposition, LiveSample } from './update.js';
