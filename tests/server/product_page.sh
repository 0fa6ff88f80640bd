# The requests of the product page, as printed there.

# Insert unified entities
curl -X POST http://localhost:8080/entities \
  -H "Content-Type: application/json" \
  -d '{
    "entities": [
      {
        "id": "entity1",
        "vector": [0.1, 0.2, 0.3, 0.4],
        "metadata": {"title": "Document 1", "category": "tech"},
        "edges": [{"target": "entity2", "label": "related_to", "weight": 0.8}]
      },
      {
        "id": "entity2", 
        "vector": [0.5, 0.6, 0.7, 0.8],
        "metadata": {"title": "Document 2", "category": "science"}
      }
    ]
  }'
echo

# Unified hybrid query
curl -X POST http://localhost:8080/query \
  -H "Content-Type: application/json" \
  -d '{
    "vector_similarity": {
      "vector": [0.1, 0.2, 0.3, 0.4],
      "k": 10
    },
    "metadata_filter": {"category": "tech"},
    "graph_constraint": "related_to:entity2"
  }'
echo

# Check system health
curl http://localhost:8080/health
