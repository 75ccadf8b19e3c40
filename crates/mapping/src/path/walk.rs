//! Follows a path through a document.
//!
//! Must never fail for what is merely absent: that is the asker's business.

use crate::error::{Code, MappingError};
use crate::path::{Filter, Path, Right, Select, Start, Step};
use crate::tree::{Cursor, Kind};

impl Path {
    /// Everything the path leads to from `here`, in document order.
    pub(crate) fn walk<'a>(&self, here: &Cursor<'a>) -> Result<Vec<Cursor<'a>>, MappingError> {
        let Some(start) = self.begin(here) else { return Ok(Vec::new()) };
        let mut found = vec![start];
        for step in &self.steps {
            let mut next = Vec::new();
            for cursor in &found {
                step.take(cursor, here, &mut next)?;
            }
            found = next;
        }
        // An empty text says as little as an absent one, and real systems write both.
        found.retain(|c| c.node.scalar().is_none_or(|t| !t.trim().is_empty()));
        Ok(found)
    }

    /// As [`Path::walk`], with the text of each value.
    pub(crate) fn texts<'a>(&self, here: &Cursor<'a>) -> Result<Vec<&'a str>, MappingError> {
        Ok(self.walk(here)?.iter().filter_map(|c| c.node.scalar()).collect())
    }

    fn begin<'a>(&self, here: &Cursor<'a>) -> Option<Cursor<'a>> {
        let up = |c: Cursor<'a>| c.parent();
        match self.start {
            Start::Here(levels) => (0..levels).try_fold(here.clone(), |c, _| up(c)),
            Start::Document => {
                let mut top = here.clone();
                while let Some(above) = up(top.clone()) {
                    top = above;
                }
                Some(top)
            }
        }
    }
}

impl Step {
    fn take<'a>(&self, at: &Cursor<'a>, here: &Cursor<'a>, out: &mut Vec<Cursor<'a>>) -> Result<(), MappingError> {
        let Some(member) = at.member(&self.name) else { return Ok(()) };
        match &self.select {
            Select::One => out.extend(only(&member)?),
            Select::All => out.extend(member.items()),
            Select::Where(filters) => {
                for item in member.items() {
                    if holds_all(filters, &item, here)? {
                        out.push(item);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The single value; a list of one will do, as XML is always a list and JSON sometimes.
fn only<'a>(member: &Cursor<'a>) -> Result<Option<Cursor<'a>>, MappingError> {
    let Kind::List(items) = &member.node.kind else { return Ok(Some(member.clone())) };
    if items.len() > 1 {
        let found = format!("{} values", items.len());
        return Err(MappingError::at(Code::TooMany, member, found, "one", "ask the sender, or correct the schema"));
    }
    Ok(member.items().pop())
}

fn holds_all(filters: &[Filter], item: &Cursor<'_>, here: &Cursor<'_>) -> Result<bool, MappingError> {
    for filter in filters {
        let left = filter.left.texts(item)?;
        let holds = match &filter.right {
            Right::Text(text) => left.contains(&text.as_str()),
            Right::Path(path) => path.texts(here)?.iter().any(|r| left.contains(r)),
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}
