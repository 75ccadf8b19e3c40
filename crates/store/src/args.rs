//! Values handed to a statement. Instants become integer microseconds, dates text, ids text.

use samhold_model::{ChildId, Date, FactId, Instant, MunicipalityNo, PersonId, RecordId, SystemName};
use uuid::Uuid;

/// One value for a placeholder; `None` is null of that type.
#[derive(Clone)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

/// The values for `$1`, `$2`, … in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::args::Arg::from($value)),*] };
}
pub(crate) use args;

macro_rules! arg {
    ($variant:ident from $($type:ty: $value:ident => $made:expr),+ $(,)?) => {$(
        impl From<$type> for Arg {
            fn from($value: $type) -> Self {
                Self::$variant($made)
            }
        }
    )+};
}

arg!(Int from
    i64: v => Some(v),
    Option<i64>: v => v,
    bool: v => Some(i64::from(v)),
    Instant: v => Some(v.as_microsecond()),
    Option<Instant>: v => v.map(Instant::as_microsecond),
);
arg!(Text from
    &str: v => Some(v.to_owned()),
    String: v => Some(v),
    &String: v => Some(v.clone()),
    Option<String>: v => v,
    Option<&str>: v => v.map(str::to_owned),
    Date: v => Some(v.to_string()),
    Option<Date>: v => v.map(|d| d.to_string()),
    Uuid: v => Some(v.to_string()),
    Option<Uuid>: v => v.map(|id| id.to_string()),
    ChildId: v => Some(v.to_string()),
    Option<ChildId>: v => v.map(|id| id.to_string()),
    FactId: v => Some(v.to_string()),
    PersonId: v => Some(v.to_string()),
    RecordId: v => Some(v.to_string()),
    Option<RecordId>: v => v.map(|id| id.to_string()),
    &SystemName: v => Some(v.to_string()),
    &MunicipalityNo: v => Some(v.to_string()),
);
arg!(Blob from
    Vec<u8>: v => Some(v),
    Option<Vec<u8>>: v => v,
);
