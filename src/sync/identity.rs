//! From what a source calls a child to our own `ChildId`.
//!
//! Never matched on a placeholder number. Two records that may be the same child are a task for a person, never merged.

use samhold_model::{ChildId, Date, Instant, NationalId};
use samhold_store::{Identifier, Resolved, Secret, Store, StoreError};

use super::tasks::is_settled;

/// How a source names a child.
#[derive(Clone, Debug)]
pub enum ChildReference {
    /// By fødselsnummer, D-number or DUF.
    Number(NationalId),
    /// By a system's own id.
    Local {
        /// The system.
        system: String,
        /// Its id.
        id: String,
    },
    /// An expected child, by mother and due date.
    Unborn {
        /// The mother's number.
        mother: NationalId,
        /// Expected date of birth.
        due_date: Date,
        /// 1, or which of several.
        ordinal: i64,
    },
    /// Our own id.
    Own(ChildId),
    /// All children of a guardian.
    ChildrenOf(NationalId),
}

impl From<&samhold_mapping::ChildRef> for ChildReference {
    fn from(reference: &samhold_mapping::ChildRef) -> Self {
        use samhold_mapping::ChildRef;
        match reference {
            ChildRef::NationalId(number) | ChildRef::Duf(number) => Self::Number(number.clone()),
            ChildRef::Local { system, id } => Self::Local { system: system.clone(), id: id.clone() },
            ChildRef::Unborn { mother, due_date, ordinal } => {
                Self::Unborn { mother: mother.clone(), due_date: *due_date, ordinal: i64::from(*ordinal) }
            }
            ChildRef::GuardianOf(number) => Self::ChildrenOf(number.clone()),
            ChildRef::ChildId(child) => Self::Own(*child),
        }
    }
}

/// Which children a set of references means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// These children (several only for a guardian).
    Children(Vec<ChildId>),
    /// A guardian none of whose children is known yet.
    NoChildOf(samhold_model::PersonId),
    /// Different children: a person must look.
    Conflict(Vec<ChildId>),
    /// Our own id, but there is no such child.
    Unknown,
}

/// The identifier under which a number is kept.
#[must_use]
pub fn identifier_of(number: &NationalId) -> Identifier {
    Identifier { scheme: number.kind().scheme().into(), value: Secret(number.reveal().to_owned()) }
}

/// The identifier under which an expected child is kept.
#[must_use]
pub fn unborn(mother: samhold_model::PersonId, due_date: Date, ordinal: i64) -> Identifier {
    Identifier { scheme: "unborn".into(), value: Secret(format!("{mother}|{due_date}|{ordinal}")) }
}

/// Finds (or makes) the child that all `references` mean together.
///
/// # Errors
/// When the store fails.
pub async fn find(
    store: &dyn Store,
    references: &[ChildReference],
    from: Date,
    now: Instant,
) -> Result<Found, StoreError> {
    let mut identifiers = Vec::new();
    for reference in references {
        match reference {
            ChildReference::Number(number) => identifiers.push(identifier_of(number)),
            ChildReference::Local { system, id } => {
                identifiers.push(Identifier { scheme: format!("local:{system}"), value: Secret(id.clone()) });
            }
            ChildReference::Unborn { mother, due_date, ordinal } => {
                let mother = store.resolve_person(&identifier_of(mother)).await?;
                identifiers.push(unborn(mother, *due_date, *ordinal));
            }
            ChildReference::Own(child) => match own(store, *child, references.len()).await? {
                Mine::Alone(found) => return Ok(found),
                Mine::With(kept) => identifiers.push(kept),
            },
            ChildReference::ChildrenOf(number) => return children_of(store, number).await,
        }
    }
    match store.resolve_child(&identifiers, true, from).await? {
        Resolved::Child { child, .. } => Ok(Found::Children(vec![child])),
        Resolved::Conflict(children) => {
            let detail = "one record names identifiers of different children";
            let asked = survivors(store, &children).await?;
            if !is_settled(store, &asked).await? {
                store.open_task("possible_same_child", &asked, detail, now).await?;
            }
            Ok(Found::Conflict(children))
        }
        Resolved::Unknown => Ok(Found::Unknown),
    }
}

/// Finds the child that all `references` mean together, and makes none.
///
/// # Errors
/// When the store fails.
pub async fn look_up(store: &dyn Store, references: &[ChildReference], from: Date) -> Result<Resolved, StoreError> {
    let mut identifiers = Vec::new();
    for reference in references {
        match reference {
            ChildReference::Number(number) => identifiers.push(identifier_of(number)),
            ChildReference::Local { system, id } => {
                identifiers.push(Identifier { scheme: format!("local:{system}"), value: Secret(id.clone()) });
            }
            ChildReference::Unborn { mother, due_date, ordinal } => {
                let mother = store.find_person(&identifier_of(mother)).await?;
                identifiers.extend(mother.map(|mother| unborn(mother, *due_date, *ordinal)));
            }
            ChildReference::Own(child) => {
                return Ok(match is_known(store, *child).await? {
                    true => Resolved::Child { child: store.survivor_of(*child).await?, new: false },
                    false => Resolved::Unknown,
                });
            }
            ChildReference::ChildrenOf(_) => return Ok(Resolved::Unknown),
        }
    }
    if identifiers.is_empty() {
        return Ok(Resolved::Unknown);
    }
    store.resolve_child(&identifiers, false, from).await
}

/// A person is asked about the children that these count as.
async fn survivors(store: &dyn Store, children: &[ChildId]) -> Result<Vec<ChildId>, StoreError> {
    let mut survivors = Vec::new();
    for child in children {
        survivors.push(store.survivor_of(*child).await?);
    }
    survivors.sort();
    survivors.dedup();
    Ok(survivors)
}

/// A child that is named by our own id.
enum Mine {
    /// It is named by nothing else.
    Alone(Found),
    /// It is named by more: this is kept of it, and stands for our id beside the rest.
    With(Identifier),
}

async fn own(store: &dyn Store, child: ChildId, references: usize) -> Result<Mine, StoreError> {
    if references > 1 {
        let kept = store.identifiers_of(child).await?.into_iter().next();
        return Ok(kept.map_or(Mine::Alone(Found::Unknown), Mine::With));
    }
    let known = is_known(store, child).await?;
    Ok(Mine::Alone(if known { Found::Children(vec![child]) } else { Found::Unknown }))
}

async fn is_known(store: &dyn Store, child: ChildId) -> Result<bool, StoreError> {
    Ok(!store.municipalities_of(child).await?.is_empty() || !store.identifiers_of(child).await?.is_empty())
}

async fn children_of(store: &dyn Store, number: &NationalId) -> Result<Found, StoreError> {
    let guardian = store.resolve_person(&identifier_of(number)).await?;
    let children = store.children_of(guardian).await?;
    Ok(if children.is_empty() { Found::NoChildOf(guardian) } else { Found::Children(children) })
}
