//! `samhold mapping`: check, test, run, compare and draft mapping files.
//!
//! Exit status: 0 done, 1 the checked thing does not hold, 2 wrong usage or a file that cannot be read. Never prints a
//! national identity number: children and people are shown by kind only.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use samhold_mapping::tree::Limits;
use samhold_mapping::{
    BadFile, ChildRef, Difference, Direction, Format, MappedDocument, MappedFact, MappedGroup, Mapping, MappingError,
    RunParameters, bundled, bundled_schema, diff, infer,
};
use samhold_model::national_id::redact;
use samhold_model::{Law, Realm};
use serde_json::{Value, json};

use super::support::say;

/// Mapping files: check, test, run, compare, draft.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: samhold mapping test")]
pub struct MappingArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Compile mapping files against their source schema and our vocabulary; every problem with line and caret.
    #[command(after_help = "Example: samhold mapping check mappings/oneroster-1.2.toml")]
    Check {
        /// Mapping files, or names of bundled ones.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Problems as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Run the cases written inside mapping files; without FILE, of all bundled mappings.
    #[command(after_help = "Example: samhold mapping test mappings/ssb-barnevern-4.toml")]
    Test {
        /// Mapping files, or names of bundled ones.
        files: Vec<PathBuf>,
        /// One JSON object a case.
        #[arg(long)]
        json: bool,
    },
    /// Map one document and print what comes of it.
    #[command(after_help = "Example: samhold mapping run ssb-barnevern-4 --input sak.xml --realm test")]
    Run {
        /// A mapping file, or the name of a bundled one.
        file: PathBuf,
        /// The document, or the released view for an outbound mapping.
        #[arg(long)]
        input: PathBuf,
        /// Errors as JSON too.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        source: Source,
    },
    /// Map documents with two versions of a mapping and show which facts differ; exit 1 when some do.
    #[command(after_help = "Example: samhold mapping diff old.toml new.toml --input sak.xml --input sak2.xml")]
    Diff {
        /// The mapping in use.
        old: PathBuf,
        /// The mapping that may replace it.
        new: PathBuf,
        /// Documents to map.
        #[arg(long, required = true, num_args = 1..)]
        input: Vec<PathBuf>,
        /// One JSON object a document.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        source: Source,
    },
    /// Draft a schema and a mapping skeleton from sample documents. The draft holds names, never values.
    #[command(after_help = "Example: samhold mapping infer --input sample.json --name my-system")]
    Infer {
        /// Sample documents of one format.
        #[arg(long, required = true, num_args = 1..)]
        input: Vec<PathBuf>,
        /// What to call the mapping.
        #[arg(long, default_value = "my-system")]
        name: String,
        /// The draft as one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// Who sent the document.
#[derive(Debug, clap::Args)]
struct Source {
    /// Which numbers are accepted: of real people or synthetic ones.
    #[arg(long, value_enum, default_value_t = RealmArg::Test)]
    realm: RealmArg,
    /// The name of the system, for its local ids.
    #[arg(long, default_value = "system")]
    system: String,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum RealmArg {
    Test,
    Production,
}

impl Source {
    fn parameters<'p>(&'p self, law: &'p Law) -> RunParameters<'p> {
        let realm = match self.realm {
            RealmArg::Test => Realm::Test,
            RealmArg::Production => Realm::Production,
        };
        RunParameters { realm, system: &self.system, words: law, limits: Limits::default() }
    }
}

/// What a command comes to.
enum Outcome {
    Holds,
    Fails,
}

/// Carries out the command.
#[must_use]
pub fn run(args: MappingArgs) -> ExitCode {
    let law = Law::bundled();
    let outcome = match &args.command {
        Command::Check { files, json } => check(files, *json, &law),
        Command::Test { files, json } => test(files, *json, &law),
        Command::Run { file, input, json, source } => map(file, input, *json, &source.parameters(&law), &law),
        Command::Diff { old, new, input, json, source } => {
            compare(old, new, input, *json, &source.parameters(&law), &law)
        }
        Command::Infer { input, name, json } => draft(input, name, *json),
    };
    match outcome {
        Ok(Outcome::Holds) => ExitCode::SUCCESS,
        Ok(Outcome::Fails) => ExitCode::from(1),
        Err(text) => {
            eprintln!("{text}");
            ExitCode::from(2)
        }
    }
}

/// A mapping's name for people and its text; a name without a file is looked up among the bundled ones.
fn open(path: &Path) -> Result<(String, String, PathBuf), String> {
    let shown = path.display().to_string();
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    if !path.exists() {
        let wanted = format!("{}.toml", shown.trim_end_matches(".toml"));
        if let Some((name, text)) = bundled().iter().find(|(name, _)| *name == wanted) {
            return Ok(((*name).to_owned(), (*text).to_owned(), folder));
        }
    }
    Ok((shown, text_of(path)?, folder))
}

fn text_of(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| unreadable(path, &e))
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|e| unreadable(path, &e))
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("mapping-file-unreadable: tried to read `{}`: {error}. Check the path and who may read it.", path.display())
}

/// Reads a mapping; the schema is looked for beside the file and then among the bundled ones.
fn load(path: &Path, law: &Law) -> Result<Result<Mapping, BadFile>, String> {
    let (name, text, folder) = open(path)?;
    let files = |wanted: &str| std::fs::read_to_string(folder.join(wanted)).ok().or_else(|| bundled_schema(wanted));
    Ok(Mapping::parse(&name, &text, &files, law))
}

/// A mapping that must be good for the command to make sense.
fn good(path: &Path, law: &Law) -> Result<Mapping, String> {
    load(path, law)?.map_err(|bad| bad.report())
}

fn check(files: &[PathBuf], json: bool, law: &Law) -> Result<Outcome, String> {
    let mut bad_files = 0;
    for file in files {
        match load(file, law)? {
            Ok(mapping) if json => say!("{}", json!({"file": file, "id": mapping.id, "problems": []})),
            Ok(mapping) => say!("{}: good ({}, version {})", file.display(), mapping.id, mapping.version),
            Err(bad) => {
                bad_files += 1;
                if json { say!("{}", problems(&bad)) } else { eprint!("{}", bad.report()) }
            }
        }
    }
    Ok(if bad_files == 0 { Outcome::Holds } else { Outcome::Fails })
}

fn problems(bad: &BadFile) -> Value {
    let line = |at: usize| bad.text.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
    let each = |p: &samhold_mapping::Problem| json!({"code": p.code, "line": line(p.span.start), "message": p.message, "help": p.help});
    json!({"file": bad.file, "problems": bad.problems.iter().map(each).collect::<Vec<_>>()})
}

fn test(files: &[PathBuf], json: bool, law: &Law) -> Result<Outcome, String> {
    let all: Vec<PathBuf> = bundled().iter().map(|(name, _)| PathBuf::from(name)).collect();
    let files = if files.is_empty() { &all } else { files };
    let (mut passed, mut failed) = (0_usize, 0_usize);
    for file in files {
        for result in good(file, law)?.test(law) {
            let ok = result.failure.is_none();
            *(if ok { &mut passed } else { &mut failed }) += 1;
            if json {
                say!("{}", json!({"file": file, "case": result.name, "passed": ok, "failure": result.failure}));
            } else if let Some(failure) = result.failure {
                say!("{}: FAILED: {}\n    {failure}", file.display(), result.name);
            } else {
                say!("{}: passed: {}", file.display(), result.name);
            }
        }
    }
    say!("{passed} passed, {failed} failed");
    Ok(if failed == 0 { Outcome::Holds } else { Outcome::Fails })
}

fn map(file: &Path, input: &Path, json: bool, with: &RunParameters<'_>, law: &Law) -> Result<Outcome, String> {
    let mapping = good(file, law)?;
    let bytes = bytes_of(input)?;
    if mapping.direction() == Direction::Out {
        return render(&mapping, input, &bytes, json);
    }
    match mapping.run(&bytes, with) {
        Ok(document) => {
            print_facts(&document);
            Ok(Outcome::Holds)
        }
        Err(errors) => Ok(refused(&errors, json)),
    }
}

fn render(mapping: &Mapping, input: &Path, bytes: &[u8], json: bool) -> Result<Outcome, String> {
    let view: Value = serde_json::from_slice(bytes)
        .map_err(|e| format!("view-unreadable: tried to read `{}` as JSON: line {}", input.display(), e.line()))?;
    match mapping.outbound().map(|o| o.render(&view)) {
        Some(Ok(output)) => say!("{}", masked(output)),
        Some(Err(errors)) => return Ok(refused(&errors, json)),
        None => {}
    }
    Ok(Outcome::Holds)
}

/// A rendered document with every number in it covered; only a delivery carries them.
fn masked(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(redact(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(masked).collect()),
        Value::Object(members) => Value::Object(members.into_iter().map(|(k, v)| (k, masked(v))).collect()),
        other => other,
    }
}

fn refused(errors: &[MappingError], json: bool) -> Outcome {
    for error in errors {
        if json {
            say!("{}", json!({"error": error}));
        } else {
            eprintln!("{error}{}", error.rule.as_ref().map(|r| format!(" [rule {r}]")).unwrap_or_default());
        }
    }
    Outcome::Fails
}

fn print_facts(document: &MappedDocument) {
    for group in &document.groups {
        group.facts.iter().for_each(|fact| say!("{}", fact_line(group, fact)));
        if group.voided {
            say!("{}", json!({"record": redact(&group.key), "voided": true}));
        }
    }
    document.warnings.iter().for_each(|w| eprintln!("warning: {w}"));
}

fn fact_line(group: &MappedGroup, fact: &MappedFact) -> Value {
    let mut line = json!({"record": redact(&group.key), "municipality": group.municipality, "rule": fact.rule,
        "key": redact(&fact.key), "child": fact.child.iter().map(child).collect::<Vec<_>>(),
        "type": fact.type_name, "at": fact.at.to_string()});
    if let Some(members) = line.as_object_mut() {
        let fields = masked(Value::Object(fact.fields.clone()));
        members.extend(fields.as_object().cloned().unwrap_or_default());
    }
    line
}

/// What kind of reference it is; numbers are never shown.
fn child(reference: &ChildRef) -> Value {
    match reference {
        ChildRef::NationalId(id) => json!({id.kind().scheme(): "***********"}),
        ChildRef::Duf(_) => json!({"duf": "************"}),
        ChildRef::Local { system, id } => json!({"local": {"system": system, "id": redact(id)}}),
        ChildRef::Unborn { due_date, ordinal, .. } => {
            json!({"unborn": {"mother": "***********", "due_date": due_date.to_string(), "ordinal": ordinal}})
        }
        ChildRef::GuardianOf(_) => json!({"guardian_of": "***********"}),
        ChildRef::ChildId(id) => json!({"child_id": id.to_string()}),
    }
}

fn compare(
    old: &Path,
    new: &Path,
    inputs: &[PathBuf],
    json: bool,
    with: &RunParameters<'_>,
    law: &Law,
) -> Result<Outcome, String> {
    let (before, after) = (good(old, law)?, good(new, law)?);
    let mut changed = 0;
    for input in inputs {
        let lines: Vec<String> = diff(&before, &after, &bytes_of(input)?, with).iter().map(difference).collect();
        changed += lines.len();
        if json {
            say!("{}", json!({"file": input, "differences": lines}));
        } else if !lines.is_empty() {
            say!("{}\n  {}", input.display(), lines.join("\n  "));
        }
    }
    if !json {
        say!("{changed} differences in {} documents", inputs.len());
    }
    Ok(if changed == 0 { Outcome::Holds } else { Outcome::Fails })
}

fn difference(found: &Difference) -> String {
    match found {
        Difference::Added(fact) => format!("+ {fact}"),
        Difference::Removed(fact) => format!("- {fact}"),
        Difference::NowRefused(why) => format!("! now refused: {why}"),
        Difference::NowTaken(why) => format!("! now taken, was refused: {why}"),
    }
}

fn draft(inputs: &[PathBuf], name: &str, json: bool) -> Result<Outcome, String> {
    let samples = inputs.iter().map(|i| bytes_of(i)).collect::<Result<Vec<_>, _>>()?;
    let starts_as_xml = |bytes: &Vec<u8>| {
        let first = bytes.iter().find(|b| !b.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(b));
        first == Some(&b'<')
    };
    let format = if samples.iter().all(starts_as_xml) { Format::Xml } else { Format::Json };
    let parts: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
    let made = infer(format, name, &parts).map_err(|e| format!("sample-unreadable: {e}"))?;
    if json {
        say!("{}", json!({"schema": made.schema, "mapping": made.mapping}));
    } else {
        say!("# ---- schemas/{name}.toml\n{}\n# ---- {name}.toml\n{}", made.schema, made.mapping);
    }
    Ok(Outcome::Holds)
}
