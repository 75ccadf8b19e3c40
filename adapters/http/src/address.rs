//! Addresses of other systems: read once from settings, checked, and extended without mistakes.
//!
//! Must never let a person's number into a URL, nor send personal data in clear to another machine.

use reqwest::Url;
use samhold_adapter_api::AdapterError;
use samhold_model::national_id::looks_like_number;

use crate::settings::ClientSettings;

/// Reads an address of the settings: https (or http to this machine), no credentials, no fragment, no person's number.
///
/// # Errors
/// [`AdapterError::Settings`] says which rule was broken.
pub fn address(system: &str, text: &str, settings: &ClientSettings) -> Result<Url, AdapterError> {
    let wrong = |why: &str| AdapterError::settings(system, format!("the address {why}"));
    let url = Url::parse(text).map_err(|e| wrong(&format!("cannot be read ({e}); write it as https://host/path")))?;
    match url.scheme() {
        "https" => {}
        "http" if is_this_machine(&url) || settings.allow_plain_http => {}
        "http" => return Err(wrong("is http to another machine; use https")),
        _ => return Err(wrong("must begin with https://")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user or a password; give them under auth, by reference"));
    }
    if url.fragment().is_some() {
        return Err(wrong("has a fragment (#…), which is never sent; take it away"));
    }
    if looks_like_number(text) {
        return Err(wrong("holds what could be a person's number; numbers never stand in an address"));
    }
    Ok(url)
}

/// Adds path segments; each is escaped, so that a `/` or `?` in one cannot change the address.
///
/// # Errors
/// [`AdapterError::Format`] when a segment is empty, moves upwards, or could be a person's number.
pub fn below(system: &str, base: &Url, segments: &[&str]) -> Result<Url, AdapterError> {
    let bad = segments.iter().any(|s| s.is_empty() || *s == "." || *s == ".." || looks_like_number(s));
    let mut url = base.clone();
    url.set_query(None);
    let refused = || AdapterError::format(system, "make an address", "an id cannot stand in an address");
    if bad {
        return Err(refused());
    }
    url.path_segments_mut().map_err(|()| refused())?.pop_if_empty().extend(segments);
    Ok(url)
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Url, AdapterError> {
        address("skole", text, &ClientSettings::default())
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        assert!(read("https://skole.example.no/v1p2").is_ok());
        assert!(read("http://127.0.0.1:8080/v1p2").is_ok());
        assert!(read("http://[::1]:8080/").is_ok());
        assert!(read("http://localhost/").is_ok());
        assert!(read("http://skole.example.no/").unwrap_err().to_string().contains("use https"));
        let tunnel = ClientSettings { allow_plain_http: true, ..ClientSettings::default() };
        assert!(address("skole", "http://skole.example.no/", &tunnel).is_ok());
    }

    #[test]
    fn credentials_numbers_and_other_schemes_are_refused_and_not_repeated() {
        for text in ["https://u:hemmelig@x.no/", "ftp://x.no/", "https://x.no/#a", "https://x.no/14821970351", "x"] {
            let told = read(text).unwrap_err().to_string();
            assert!(!told.contains("hemmelig") && !told.contains("14821970351"), "{told}");
        }
    }

    #[test]
    fn segments_are_escaped_and_never_climb() {
        let base = read("https://x.no/api/").unwrap();
        assert_eq!(below("s", &base, &["a/b", "c?d"]).unwrap().as_str(), "https://x.no/api/a%2Fb/c%3Fd");
        assert!(below("s", &base, &[".."]).is_err());
        assert!(below("s", &base, &["14821970351"]).is_err());
    }
}
