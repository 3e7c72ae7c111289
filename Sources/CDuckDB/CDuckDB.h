// The part of DuckDB's C interface that Sluice calls, as DuckDB 1.5 exports it.
// https://duckdb.org/docs/stable/clients/c/api
//
// The wheel that libduckdb comes from holds no header. Layouts and numbers below are checked
// against the loaded library by the tests of the target `DuckDB`.
#ifndef SLUICE_CDUCKDB_H
#define SLUICE_CDUCKDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t idx_t;

typedef struct sluice_duckdb_database *duckdb_database;
typedef struct sluice_duckdb_connection *duckdb_connection;
typedef struct sluice_duckdb_config *duckdb_config;
typedef struct sluice_duckdb_extracted *duckdb_extracted_statements;
typedef struct sluice_duckdb_prepared *duckdb_prepared_statement;
typedef struct sluice_duckdb_pending *duckdb_pending_result;
typedef struct sluice_duckdb_chunk *duckdb_data_chunk;
typedef struct sluice_duckdb_vector *duckdb_vector;
typedef struct sluice_duckdb_type *duckdb_logical_type;
typedef struct sluice_duckdb_appender *duckdb_appender;
typedef struct sluice_duckdb_value *duckdb_value;
typedef struct sluice_duckdb_table_function *duckdb_table_function;
typedef struct sluice_duckdb_bind_info *duckdb_bind_info;
typedef struct sluice_duckdb_init_info *duckdb_init_info;
typedef struct sluice_duckdb_function_info *duckdb_function_info;
typedef struct sluice_duckdb_scalar_function *duckdb_scalar_function;

typedef enum { DuckDBSuccess = 0, DuckDBFailure = 1 } duckdb_state;

// Six words, of which only the last is in use; passed by value to some functions.
typedef struct {
    idx_t unused_column_count;
    idx_t unused_row_count;
    idx_t unused_rows_changed;
    void *unused_columns;
    char *unused_error_message;
    void *internal_data;
} duckdb_result;

typedef struct {
    uint64_t lower;
    int64_t upper;
} duckdb_hugeint;

typedef struct {
    int32_t months;
    int32_t days;
    int64_t micros;
} duckdb_interval;

typedef struct {
    uint64_t offset;
    uint64_t length;
} duckdb_list_entry;

// Up to 12 bytes lie in the struct itself, from `prefix` on; longer strings behind `pointer`.
typedef struct {
    uint32_t length;
    char prefix[4];
    const char *pointer;
} duckdb_string_t;

typedef enum {
    DUCKDB_TYPE_INVALID = 0,
    DUCKDB_TYPE_BOOLEAN = 1,
    DUCKDB_TYPE_TINYINT = 2,
    DUCKDB_TYPE_SMALLINT = 3,
    DUCKDB_TYPE_INTEGER = 4,
    DUCKDB_TYPE_BIGINT = 5,
    DUCKDB_TYPE_UTINYINT = 6,
    DUCKDB_TYPE_USMALLINT = 7,
    DUCKDB_TYPE_UINTEGER = 8,
    DUCKDB_TYPE_UBIGINT = 9,
    DUCKDB_TYPE_FLOAT = 10,
    DUCKDB_TYPE_DOUBLE = 11,
    DUCKDB_TYPE_TIMESTAMP = 12,
    DUCKDB_TYPE_DATE = 13,
    DUCKDB_TYPE_TIME = 14,
    DUCKDB_TYPE_INTERVAL = 15,
    DUCKDB_TYPE_HUGEINT = 16,
    DUCKDB_TYPE_VARCHAR = 17,
    DUCKDB_TYPE_BLOB = 18,
    DUCKDB_TYPE_DECIMAL = 19,
    DUCKDB_TYPE_TIMESTAMP_S = 20,
    DUCKDB_TYPE_TIMESTAMP_MS = 21,
    DUCKDB_TYPE_TIMESTAMP_NS = 22,
    DUCKDB_TYPE_ENUM = 23,
    DUCKDB_TYPE_LIST = 24,
    DUCKDB_TYPE_STRUCT = 25,
    DUCKDB_TYPE_MAP = 26,
    DUCKDB_TYPE_UUID = 27,
    DUCKDB_TYPE_UNION = 28,
    DUCKDB_TYPE_BIT = 29,
    DUCKDB_TYPE_TIME_TZ = 30,
    DUCKDB_TYPE_TIMESTAMP_TZ = 31,
    DUCKDB_TYPE_UHUGEINT = 32,
    DUCKDB_TYPE_ARRAY = 33,
    DUCKDB_TYPE_SQLNULL = 36
} duckdb_type;

typedef enum {
    DUCKDB_STATEMENT_TYPE_INVALID = 0,
    DUCKDB_STATEMENT_TYPE_SELECT = 1,
    DUCKDB_STATEMENT_TYPE_EXPLAIN = 4,
    DUCKDB_STATEMENT_TYPE_TRANSACTION = 10
} duckdb_statement_type;

// Database, connection, settings
const char *duckdb_library_version(void);
duckdb_state duckdb_create_config(duckdb_config *config);
duckdb_state duckdb_set_config(duckdb_config config, const char *name, const char *value);
void duckdb_destroy_config(duckdb_config *config);
duckdb_state duckdb_open_ext(
    const char *path, duckdb_database *database, duckdb_config config, char **error);
void duckdb_close(duckdb_database *database);
duckdb_state duckdb_connect(duckdb_database database, duckdb_connection *connection);
void duckdb_disconnect(duckdb_connection *connection);
void duckdb_free(void *pointer);

// Statements
duckdb_state duckdb_query(duckdb_connection connection, const char *sql, duckdb_result *result);
idx_t duckdb_extract_statements(
    duckdb_connection connection, const char *sql, duckdb_extracted_statements *statements);
const char *duckdb_extract_statements_error(duckdb_extracted_statements statements);
duckdb_state duckdb_prepare_extracted_statement(
    duckdb_connection connection, duckdb_extracted_statements statements, idx_t index,
    duckdb_prepared_statement *statement);
void duckdb_destroy_extracted(duckdb_extracted_statements *statements);
const char *duckdb_prepare_error(duckdb_prepared_statement statement);
duckdb_statement_type duckdb_prepared_statement_type(duckdb_prepared_statement statement);
idx_t duckdb_nparams(duckdb_prepared_statement statement);
const char *duckdb_parameter_name(duckdb_prepared_statement statement, idx_t index);
void duckdb_destroy_prepare(duckdb_prepared_statement *statement);
duckdb_state duckdb_pending_prepared(
    duckdb_prepared_statement statement, duckdb_pending_result *pending);
duckdb_state duckdb_pending_prepared_streaming(
    duckdb_prepared_statement statement, duckdb_pending_result *pending);
const char *duckdb_pending_error(duckdb_pending_result pending);
duckdb_state duckdb_execute_pending(duckdb_pending_result pending, duckdb_result *result);
void duckdb_destroy_pending(duckdb_pending_result *pending);

// Results
void duckdb_destroy_result(duckdb_result *result);
const char *duckdb_result_error(duckdb_result *result);
idx_t duckdb_column_count(duckdb_result *result);
const char *duckdb_column_name(duckdb_result *result, idx_t column);
duckdb_logical_type duckdb_column_logical_type(duckdb_result *result, idx_t column);
idx_t duckdb_rows_changed(duckdb_result *result);
duckdb_data_chunk duckdb_fetch_chunk(duckdb_result result);

// Types
duckdb_logical_type duckdb_create_logical_type(duckdb_type type);
void duckdb_destroy_logical_type(duckdb_logical_type *type);
duckdb_type duckdb_get_type_id(duckdb_logical_type type);
char *duckdb_logical_type_get_alias(duckdb_logical_type type);
uint8_t duckdb_decimal_width(duckdb_logical_type type);
uint8_t duckdb_decimal_scale(duckdb_logical_type type);
uint32_t duckdb_enum_dictionary_size(duckdb_logical_type type);
char *duckdb_enum_dictionary_value(duckdb_logical_type type, idx_t index);
duckdb_logical_type duckdb_list_type_child_type(duckdb_logical_type type);
duckdb_logical_type duckdb_array_type_child_type(duckdb_logical_type type);
idx_t duckdb_array_type_array_size(duckdb_logical_type type);
duckdb_logical_type duckdb_map_type_key_type(duckdb_logical_type type);
duckdb_logical_type duckdb_map_type_value_type(duckdb_logical_type type);
idx_t duckdb_struct_type_child_count(duckdb_logical_type type);
char *duckdb_struct_type_child_name(duckdb_logical_type type, idx_t index);
duckdb_logical_type duckdb_struct_type_child_type(duckdb_logical_type type, idx_t index);

// Chunks and vectors
idx_t duckdb_vector_size(void);
duckdb_data_chunk duckdb_create_data_chunk(duckdb_logical_type *types, idx_t count);
void duckdb_destroy_data_chunk(duckdb_data_chunk *chunk);
void duckdb_data_chunk_reset(duckdb_data_chunk chunk);
idx_t duckdb_data_chunk_get_column_count(duckdb_data_chunk chunk);
idx_t duckdb_data_chunk_get_size(duckdb_data_chunk chunk);
void duckdb_data_chunk_set_size(duckdb_data_chunk chunk, idx_t size);
duckdb_vector duckdb_data_chunk_get_vector(duckdb_data_chunk chunk, idx_t column);
void *duckdb_vector_get_data(duckdb_vector vector);
uint64_t *duckdb_vector_get_validity(duckdb_vector vector);
void duckdb_vector_ensure_validity_writable(duckdb_vector vector);
void duckdb_validity_set_row_invalid(uint64_t *validity, idx_t row);
void duckdb_vector_assign_string_element_len(
    duckdb_vector vector, idx_t index, const char *text, idx_t length);
duckdb_vector duckdb_list_vector_get_child(duckdb_vector vector);
duckdb_vector duckdb_array_vector_get_child(duckdb_vector vector);
duckdb_vector duckdb_struct_vector_get_child(duckdb_vector vector, idx_t index);

// Appender
duckdb_state duckdb_appender_create(
    duckdb_connection connection, const char *schema, const char *table, duckdb_appender *appender);
idx_t duckdb_appender_column_count(duckdb_appender appender);
duckdb_logical_type duckdb_appender_column_type(duckdb_appender appender, idx_t column);
duckdb_state duckdb_append_data_chunk(duckdb_appender appender, duckdb_data_chunk chunk);
const char *duckdb_appender_error(duckdb_appender appender);
duckdb_state duckdb_appender_close(duckdb_appender appender);
duckdb_state duckdb_appender_destroy(duckdb_appender *appender);

// Table functions: rows that the caller makes
typedef void (*duckdb_delete_callback_t)(void *data);
typedef void (*duckdb_table_function_bind_t)(duckdb_bind_info info);
typedef void (*duckdb_table_function_init_t)(duckdb_init_info info);
typedef void (*duckdb_table_function_t)(duckdb_function_info info, duckdb_data_chunk output);
duckdb_table_function duckdb_create_table_function(void);
void duckdb_destroy_table_function(duckdb_table_function *function);
void duckdb_table_function_set_name(duckdb_table_function function, const char *name);
void duckdb_table_function_set_extra_info(
    duckdb_table_function function, void *extra_info, duckdb_delete_callback_t destroy);
void duckdb_table_function_set_bind(
    duckdb_table_function function, duckdb_table_function_bind_t bind);
void duckdb_table_function_set_init(
    duckdb_table_function function, duckdb_table_function_init_t init);
void duckdb_table_function_set_function(
    duckdb_table_function function, duckdb_table_function_t body);
duckdb_state duckdb_register_table_function(
    duckdb_connection connection, duckdb_table_function function);
void *duckdb_bind_get_extra_info(duckdb_bind_info info);
void duckdb_bind_add_result_column(
    duckdb_bind_info info, const char *name, duckdb_logical_type type);
void duckdb_init_set_max_threads(duckdb_init_info info, idx_t count);
void *duckdb_function_get_extra_info(duckdb_function_info info);
void duckdb_function_set_error(duckdb_function_info info, const char *error);
duckdb_logical_type duckdb_create_list_type(duckdb_logical_type child);
duckdb_state duckdb_list_vector_reserve(duckdb_vector vector, idx_t capacity);
duckdb_state duckdb_list_vector_set_size(duckdb_vector vector, idx_t size);

// Scalar functions: called with a chunk of arguments at a time, by several threads
typedef void (*duckdb_scalar_function_t)(
    duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
duckdb_scalar_function duckdb_create_scalar_function(void);
void duckdb_destroy_scalar_function(duckdb_scalar_function *function);
void duckdb_scalar_function_set_name(duckdb_scalar_function function, const char *name);
void duckdb_scalar_function_add_parameter(
    duckdb_scalar_function function, duckdb_logical_type type);
void duckdb_scalar_function_set_return_type(
    duckdb_scalar_function function, duckdb_logical_type type);
void duckdb_scalar_function_set_volatile(duckdb_scalar_function function);
void duckdb_scalar_function_set_special_handling(duckdb_scalar_function function);
void duckdb_scalar_function_set_extra_info(
    duckdb_scalar_function function, void *extra_info, duckdb_delete_callback_t destroy);
void duckdb_scalar_function_set_function(
    duckdb_scalar_function function, duckdb_scalar_function_t body);
duckdb_state duckdb_register_scalar_function(
    duckdb_connection connection, duckdb_scalar_function function);
void *duckdb_scalar_function_get_extra_info(duckdb_function_info info);

#endif
