/* 无交互的页面。 */
pnbs.controller('PlainController', () => {});
