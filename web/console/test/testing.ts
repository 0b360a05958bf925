// For tests that drive the console of a running steno.
export { launchBrowser, openTab } from './browser.js';
export {
  chooseCommand,
  expectAccessible,
  expectLinkLeadsBack,
  expectOnScreen,
  expectReflows,
  expectUsedLinkIsExplained,
  openList,
  openSession,
  screenshot,
  signIn,
  untilAt,
  walkListByKeyboard,
} from './pages.js';
