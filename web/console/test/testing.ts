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
  walkListByKeyboard,
} from './pages.js';
