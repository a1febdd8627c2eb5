/** The icon of the site: three windows of labels, as on the playground. */
export const ICON =
  "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><path d='M1 3h4v10H1z' fill='#0b6bcb'/><path d='M6 3h4v10H6z' fill='#c24a05'/><path d='M11 3h4v10h-4z' fill='#07805a'/></svg>";
