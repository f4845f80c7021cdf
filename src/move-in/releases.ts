/** The date of a release by its image tag: of `RELEASE.2022-05-26T05-48-41Z`, and of Bitnami's `2022.5.26`. */
export function releaseOf(tag = ''): string | undefined {
  const [, year, month = '', day = ''] = /^(?:RELEASE\.)?(20\d\d)[-.](\d{1,2})[-.](\d{1,2})/.exec(tag) ?? [];
  return year && `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
