//! The municipality's own mappings: bundled ones with the codes of its own systems put where the files say so.

use anyhow::Context;
use samhold_standins::fhir::LOCAL_ROLES;

use super::world::{KE, World};

/// File name and text of each own mapping.
pub(super) fn own(world: &World) -> anyhow::Result<Vec<(String, String)>> {
    Ok(vec![care_team(world)?, referral(world)?])
}

/// The record's own code for barnekoordinator, the unit that appoints, and staff by the record's own ids.
fn care_team(world: &World) -> anyhow::Result<(String, String)> {
    let unit = world.town.services().into_iter().find(|s| s.id == KE).context("there is no koordinerende enhet")?;
    let staff = "{ path = \"member.reference\" },\n    { path = \"member.identifier.value\", when = \
                 { path = \"member.identifier.system\", equals = \"https://fjellvik.example/epj/ansatt\" } },";
    altered(
        "fhir-careteam-r4",
        &[("urn:samhold:rolle", LOCAL_ROLES), ("310777005", &unit.orgnr), ("{ path = \"member.reference\" },", staff)],
    )
}

/// What a referral calls the municipality's child welfare service.
fn referral(world: &World) -> anyhow::Result<(String, String)> {
    let ours = world.name_of("barnevern");
    altered(
        "bufdir-henvisning-1.0",
        &[("Koordinerende enhet, Bergen kommune", &ours), ("\"koordinerende_enhet\"", "\"barnevern\"")],
    )
}

/// A bundled mapping with words exchanged, in its cases too.
fn altered(id: &str, exchange: &[(&str, &str)]) -> anyhow::Result<(String, String)> {
    let file = format!("{id}.toml");
    let bundled = samhold_mapping::bundled().iter().find(|(name, _)| *name == file);
    let (_, text) = bundled.with_context(|| format!("there is no bundled mapping {file}"))?;
    let mut text = (*text).to_owned();
    for (from, to) in exchange {
        anyhow::ensure!(text.contains(from), "{file} no longer has `{from}`");
        text = text.replace(from, to);
    }
    Ok((file, text))
}

#[cfg(test)]
mod tests {
    use samhold_mapping::{Mapping, bundled_schema};
    use samhold_model::Law;

    use super::*;

    #[tokio::test]
    async fn the_municipalitys_own_mappings_pass_their_cases() {
        let world = World::start(jiff::civil::date(2026, 11, 23)).await.unwrap();
        for (name, text) in own(&world).unwrap() {
            let mapping = Mapping::parse(&name, &text, &|file: &str| bundled_schema(file), &Law::bundled()).unwrap();
            let cases = mapping.test(&Law::bundled());
            assert!(!cases.is_empty() && cases.iter().all(|c| c.failure.is_none()), "{name}: {cases:?}");
        }
    }
}
