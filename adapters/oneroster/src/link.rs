//! The `Link` header (RFC 8288), as far as paging needs it.
//!
//! Must never give an address at another origin: a token would follow it there.

use reqwest::Url;
use reqwest::header::{HeaderMap, LINK};

/// What the header says about the next page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// There is no `Link` header.
    Unsaid,
    /// There is one, and no next page.
    Last,
    /// The next page.
    At(Url),
    /// A next page at another origin, or one that cannot be read.
    Elsewhere,
}

/// Reads the header of a page that was fetched from `here`.
pub(crate) fn next(headers: &HeaderMap, here: &Url) -> Next {
    let all: Vec<&str> = headers.get_all(LINK).iter().filter_map(|v| v.to_str().ok()).collect();
    if all.is_empty() {
        return Next::Unsaid;
    }
    match all.iter().flat_map(|text| links(text)).find(|(_, rels)| rels.iter().any(|r| r.eq_ignore_ascii_case("next")))
    {
        None => Next::Last,
        Some((target, _)) => match here.join(target) {
            Ok(url) if url.origin() == here.origin() => Next::At(url),
            _ => Next::Elsewhere,
        },
    }
}

/// Targets and their relation types.
fn links(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((target, after)) = rest.split_once('<').and_then(|(_, t)| t.split_once('>')) {
        // A comma inside quotes is no end; a target begins with `<`, which no parameter of paging holds.
        let end = after.find('<').unwrap_or(after.len());
        let (parameters, remaining) = after.split_at(end);
        found.push((target, rels(parameters)));
        rest = remaining;
    }
    found
}

fn rels(parameters: &str) -> Vec<&str> {
    let value = parameters.split([';', ',']).find_map(|p| {
        let (name, value) = p.split_once('=')?;
        name.trim().eq_ignore_ascii_case("rel").then(|| value.trim().trim_matches('"'))
    });
    value.map(|v| v.split_whitespace().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Next {
        let mut headers = HeaderMap::new();
        headers.insert(LINK, header.parse().unwrap());
        next(&headers, &Url::parse("https://skole.example.no/v1p2/users?limit=2").unwrap())
    }

    #[test]
    fn the_next_page_is_found_among_the_others() {
        let url = Url::parse("https://skole.example.no/v1p2/users?limit=2&offset=2").unwrap();
        let first = "<https://skole.example.no/v1p2/users?limit=2&offset=0>; rel=\"first\"";
        assert_eq!(read(&format!("{first}, <{url}>; title=\"a, b\"; rel=\"next\"")), Next::At(url.clone()));
        assert_eq!(read(&format!("<{url}>;rel=next , {first}")), Next::At(url.clone()));
        assert_eq!(read("</v1p2/users?limit=2&offset=2>; rel=\"next\""), Next::At(url));
        assert_eq!(read(first), Next::Last);
        assert_eq!(read(""), Next::Last);
    }

    #[test]
    fn another_origin_is_never_followed() {
        for target in ["https://annen.example.no/users", "http://skole.example.no/users", "//annen.example.no/"] {
            assert_eq!(read(&format!("<{target}>; rel=next")), Next::Elsewhere, "{target}");
        }
        assert_eq!(read("<https://[>; rel=next"), Next::Elsewhere);
    }

    proptest::proptest! {
        #[test]
        fn no_header_panics_or_leads_elsewhere(text in "[ -~]{0,60}") {
            if let Next::At(url) = read(&text) {
                proptest::prop_assert_eq!(url.host_str(), Some("skole.example.no"));
            }
        }
    }
}
