# digidistrikt in R: source("digidistrikt.R"). docs/r.md
#
# Each function asks the command digidistrikt and gives a data frame. Codes, ids and periods are
# text (0301 keeps its nought), figures are numbers, a missing figure is NA. An error of the command
# is the error here, in its own words. options(digidistrikt.home = "data") names the home,
# options(digidistrikt.warehouse = ...) another place to read: a file, "lake:SERVICE" or
# "https://FOLDER"; options(digidistrikt.command = ...) the command, where it is not on the path.

.dd_run <- function(...) {
  words <- c(..., .dd_option("--home", getOption("digidistrikt.home")),
             .dd_option("--warehouse", getOption("digidistrikt.warehouse")))
  command <- getOption("digidistrikt.command", "digidistrikt")
  if (Sys.which(command) == "")
    stop("the command ", command, " is not found; set options(digidistrikt.command = \"...\").",
         call. = FALSE)
  said <- tempfile()
  out <- tempfile()
  on.exit(unlink(c(said, out)))
  code <- suppressWarnings(system2(command, shQuote(words), stdout = out, stderr = said))
  if (code != 0) stop(paste(readLines(said, encoding = "UTF-8"), collapse = "\n"), call. = FALSE)
  lines <- readLines(out, encoding = "UTF-8", warn = FALSE)
  paste(lines, collapse = "\n")
}

.dd_csv <- function(text, types = list()) {
  frame <- utils::read.csv(text = text, colClasses = "character", na.strings = "",
                           encoding = "UTF-8", check.names = FALSE)
  for (column in intersect(names(types), names(frame)))
    frame[[column]] <- switch(types[[column]],
      number = as.numeric(frame[[column]]),
      logical = tolower(frame[[column]]) == "true",
      date = as.Date(frame[[column]]))
  frame
}

.dd_kind <- function(type) {
  number <- "^(DOUBLE|FLOAT|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*)$"
  if (grepl(number, type)) "number" else if (type == "BOOLEAN") "logical"
  else if (type == "DATE") "date" else NULL
}

.dd_figures <- list(value = "number", division_year = "number", municipalities_known = "number",
                    municipalities_in_group = "number", municipalities = "number",
                    members = "number", stated = "number")

.dd_option <- function(name, value) if (is.null(value)) NULL else c(name, as.character(value))

# The result of one statement of SQL. Its types are asked for, not guessed; a list is JSON text.
dd_sql <- function(query) {
  described <- .dd_csv(.dd_run("sql", paste("describe", query), "--format", "csv"))
  types <- lapply(stats::setNames(described$column_type, described$column_name), .dd_kind)
  .dd_csv(.dd_run("sql", query, "--format", "csv"), Filter(Negate(is.null), types))
}

# An indicator on the municipal division of a year: one row a municipality, or group, and period.
dd_series <- function(indicator, division = NULL, municipality = NULL, by = NULL)
  .dd_csv(.dd_run("series", indicator, .dd_option("--division", division),
                  .dd_option("--municipality", municipality), .dd_option("--by", by),
                  "--format", "csv"), .dd_figures)

# One row a municipality of today: classes, networks and the newest figures.
dd_candidates <- function() dd_table("case_candidate")

# A table of mart, whole.
dd_table <- function(name) dd_sql(paste0("from mart.", sub("^mart[.]", "", name)))

# One row an indicator or trait that has a word in its id, titles, theme or synonyms.
dd_catalog <- function(word = "") .dd_csv(.dd_run("catalog", word, "--format", "csv"), .dd_figures)

# All that is declared of each indicator.
dd_indicators <- function() dd_table("indicator")

# One row a fact of one municipality, by a code or name of any year.
dd_municipality <- function(name) .dd_csv(.dd_run("municipality", name, "--format", "csv"))

# One row a network, or of one network one row a membership.
dd_networks <- function(network = NULL)
  .dd_csv(.dd_run("networks", network, "--format", "csv"), .dd_figures)

# The n municipalities of the same KOSTRA group nearest in population to a code.
dd_peers <- function(code, n = 5)
  dd_sql(sprintf("from mart.peers('%s', %d)", gsub("'", "''", code), as.integer(n)))

# What the columns of a table of mart mean.
dd_describe <- function(table) .dd_csv(.dd_run("describe", table, "--format", "csv"))

# The finished references to an indicator, a table or a vintage: apa, bibtex or csl-json.
dd_cite <- function(name, style = "apa") .dd_run("cite", name, "--style", style)

# The freshness of each source.
dd_status <- function() .dd_csv(.dd_run("status", "--format", "csv"))
