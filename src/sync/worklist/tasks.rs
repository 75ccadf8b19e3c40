//! Tasks the program has opened for a person, beside the alerts of the work list.
//!
//! Must never show a task about children of other municipalities only.

use samhold_store::{Store, StoreError, Task};

use crate::config::{Loaded, SystemSettings};

/// Open tasks about children of the municipalities asked about (`None` is all); those about a source, when it serves one of
/// them.
///
/// # Errors
/// When the store fails.
pub async fn open_tasks(
    store: &dyn Store,
    loaded: &Loaded,
    municipalities: Option<&[String]>,
    code: Option<&str>,
) -> Result<Vec<Task>, StoreError> {
    let mut tasks = store.open_tasks().await?;
    tasks.retain(|task| code.is_none_or(|code| code == task.kind));
    let Some(numbers) = municipalities else { return Ok(tasks) };
    let mut own = Vec::new();
    for task in tasks {
        if concerns(store, loaded, &task, numbers).await? {
            own.push(task);
        }
    }
    Ok(own)
}

/// Whether a task is about a child of these municipalities, or about a source that serves one of them.
///
/// # Errors
/// When the store fails.
pub async fn concerns(store: &dyn Store, loaded: &Loaded, task: &Task, numbers: &[String]) -> Result<bool, StoreError> {
    if let Some(number) = of_one_municipality(task) {
        return Ok(numbers.iter().any(|asked| asked == number));
    }
    for child in &task.children {
        let known = store.municipalities_of(*child).await?;
        // A child of whom only an identifier is known has no municipality yet; somebody must see the task.
        if known.is_empty() || known.iter().any(|n| numbers.iter().any(|asked| asked == n.as_str())) {
            return Ok(true);
        }
    }
    let source = task.detail.split_once(": ").and_then(|(name, _)| loaded.systems.get(name));
    let shared = |of: &SystemSettings| numbers.iter().any(|n| of.serves(n));
    Ok(task.children.is_empty() && source.is_none_or(shared))
}

/// A task whose detail begins with a municipality's number is that municipality's alone, wherever else a child has been.
fn of_one_municipality(task: &Task) -> Option<&str> {
    let (first, _) = task.detail.split_once(": ")?;
    (first.len() == 4 && first.bytes().all(|b| b.is_ascii_digit())).then_some(first)
}
