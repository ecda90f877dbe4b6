// CloudFront Function (cloudfront-js-2.0) before the dashboard's files: which file each route of the pages is. Files have
// a dot in their name, routes have none.
const PAGES = [
  { route: /^\/studio(?:\/|$)/, file: "/studio.html" },
  { route: /^\/account(?:\/|$)/, file: "/account.html" },
  { route: /^\/admin(?:\/|$)/, file: "/admin.html" },
  { route: /^\/watch\//, file: "/watch.html" },
  { route: /^\/embed\//, file: "/embed.html" },
  { route: /^/, file: "/index.html" },
];

function handler(event) {
  const request = event.request;
  if (/^[^.]*$/.test(request.uri)) {
    request.uri = PAGES.find((page) => page.route.test(request.uri)).file;
  }
  return request;
}
