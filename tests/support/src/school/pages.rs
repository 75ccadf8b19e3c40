//! Paging, filter and headers of OneRoster 1.2 lists.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::faults::{HalfList, halved};
use crate::tokens::pairs;

/// Records given when nothing is asked for.
const DEFAULT_LIMIT: usize = 100;

/// What a client wants of a list.
pub(super) struct Wanted {
    limit: usize,
    offset: usize,
    filter: Option<Filter>,
    rest: String,
}

/// One clause, `field op 'value'`, on a text field or a role.
struct Filter {
    field: String,
    op: char,
    value: String,
}

impl Wanted {
    /// Reads the query. `limit` and `offset` are also taken capitalised, as one producer's manual writes them.
    pub(super) fn read(query: &str, max_page: usize) -> Result<Self, String> {
        let mut wanted = Self { limit: DEFAULT_LIMIT.min(max_page), offset: 0, filter: None, rest: String::new() };
        for (name, value) in pairs(query) {
            match name.to_lowercase().as_str() {
                "limit" => wanted.limit = number(&name, &value)?.clamp(1, max_page),
                "offset" => wanted.offset = number(&name, &value)?,
                "filter" => {
                    wanted.filter = Some(Filter::read(&value)?);
                    wanted.rest = query
                        .split('&')
                        .find(|p| p.starts_with("filter="))
                        .map(|p| format!("&{p}"))
                        .unwrap_or_default();
                }
                "sort" | "orderby" | "fields" => {}
                _ => return Err(format!("unknown parameter {name}")),
            }
        }
        Ok(wanted)
    }

    pub(super) fn page(&self, records: Vec<Value>, path: &str, key: &str, half: HalfList) -> Response {
        let kept: Vec<Value> =
            records.into_iter().filter(|r| self.filter.as_ref().is_none_or(|f| f.admits(r))).collect();
        let (shown, total) = halved(kept, half);
        let page: Vec<Value> = shown.iter().skip(self.offset).take(self.limit).cloned().collect();
        let mut headers = HeaderMap::new();
        headers.insert("X-Total-Count", HeaderValue::from(total));
        if let Ok(link) = HeaderValue::from_str(&self.links(path, shown.len())) {
            headers.insert(header::LINK, link);
        }
        let mut body = Map::new();
        body.insert(key.to_owned(), Value::Array(page));
        (headers, Json(Value::Object(body))).into_response()
    }

    /// RFC 8288 links: first, prev, next, last.
    fn links(&self, path: &str, total: usize) -> String {
        let to = |rel: &str, offset: usize| {
            format!("<{path}?limit={}&offset={offset}{}>; rel=\"{rel}\"", self.limit, self.rest)
        };
        let mut links = vec![to("first", 0), to("last", total.saturating_sub(1) / self.limit * self.limit)];
        if self.offset > 0 {
            links.push(to("prev", self.offset.saturating_sub(self.limit)));
        }
        if self.offset.saturating_add(self.limit) < total {
            links.push(to("next", self.offset + self.limit));
        }
        links.join(", ")
    }
}

fn number(name: &str, value: &str) -> Result<usize, String> {
    value.parse().map_err(|_| format!("{name} is not a number"))
}

impl Filter {
    fn read(text: &str) -> Result<Self, String> {
        let at = text.find(['=', '>', '<']).ok_or_else(|| "filter has no operator".to_owned())?;
        let (field, rest) = text.split_at(at);
        let op = rest.chars().next().unwrap_or('=');
        let value = rest.trim_start_matches(['=', '>', '<']).trim();
        let quoted = value.strip_prefix('\'').and_then(|v| v.strip_suffix('\'')).filter(|v| !v.contains('\''));
        let value = quoted.ok_or_else(|| "filter takes one clause: field op 'value'".to_owned())?;
        Ok(Self { field: field.trim().to_owned(), op, value: value.to_owned() })
    }

    fn admits(&self, record: &Value) -> bool {
        let own = record.get(&self.field).and_then(Value::as_str);
        let roles = record.get("roles").and_then(Value::as_array).into_iter().flatten();
        let role = roles.filter_map(|r| r.get("role").and_then(Value::as_str)).find(|_| self.field == "role");
        own.or(role).is_some_and(|found| match self.op {
            '>' => found > self.value.as_str(),
            '<' => found < self.value.as_str(),
            _ => found == self.value,
        })
    }
}
